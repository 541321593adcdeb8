"""What the machine and the operating system give: files, processes, memory, errors."""
