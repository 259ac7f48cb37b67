"""`python -m coastwatch`: the command line."""

from coastwatch.cli import main

main(prog_name="coastwatch")
