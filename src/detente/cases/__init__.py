"""Who is who and where: a case is a file, not code."""
