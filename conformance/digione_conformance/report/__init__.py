"""Reports: one result, shown to machines and to people; `formats` lists the files and writes them."""
