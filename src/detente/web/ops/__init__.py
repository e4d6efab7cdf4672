"""How it goes: is it well, how much was asked, how long did it take; never who asked."""
