"""Who may write: accounts of this workbench alone, made at the command line or by an invitation."""
