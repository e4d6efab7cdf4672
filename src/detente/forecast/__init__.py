"""What may come, said as many draws, scored in public beside rivals that anybody can make."""
