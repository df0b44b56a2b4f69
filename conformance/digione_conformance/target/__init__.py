"""What is judged: the target file, its tokens, and the doctor that examines it first."""
