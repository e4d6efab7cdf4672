"""Operations: health check, metrics and OpenAPI document. None of them identifies readers."""
