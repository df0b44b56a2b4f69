"""Write a document as YAML that a person can read and that is the same bytes every time."""

from __future__ import annotations

from typing import Any, Final

from digione_sdk.errors import ConfigurationError
from digione_sdk.model.base import Json

BANNER: Final = """\
# Built by scripts/build_specs.py from the models and the endpoint tables; change those, not this file.
# Restated by the digione-sdk community from public facts of the standard; not published by 1EdTech; no certification.
"""


def yaml_text(document: dict[str, Json]) -> str:
    """Return `document` as YAML 1.1 that reads the same as YAML 1.2; keys keep their order.

    Texts that YAML could take for something else ('true', '1.2', dates) are quoted, so they stay texts.

    Raises:
        ConfigurationError: PyYAML is not installed; it comes with the extras `conformance` and `server`.
    """
    try:
        import yaml
    except ImportError:
        raise ConfigurationError("PyYAML is missing: install digione-sdk[conformance]") from None

    class Writer(yaml.SafeDumper):
        """Safe dumper without anchors and with long texts as blocks."""

        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - signature is PyYAML's
            """Write everything out: readers of a specification look nothing up."""
            return True

    def represent_text(writer: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
        """Write text of several lines as a block."""
        style = "|" if "\n" in text else None
        return writer.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Writer.add_representer(str, represent_text)
    body: str = yaml.dump(document, Dumper=Writer, sort_keys=False, allow_unicode=True, width=118)
    return BANNER + body
