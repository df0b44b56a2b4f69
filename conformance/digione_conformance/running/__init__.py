"""From a target and a catalogue to a result: the plan, the engine, the result."""
