"""The store: releases kept in one Delta Lake table, each added, replaced or removed whole or not at all."""
