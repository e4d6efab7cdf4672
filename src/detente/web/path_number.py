"""Numbers in the paths of comments, requests and accounts."""

from starlette.convertors import Convertor, register_url_convertor


class NumberConvertor(Convertor[int]):
    """A number in a path, `{id:number}`: nine digits at most, which fit the integer of every database."""

    regex = "[1-9][0-9]{0,8}"

    def convert(self, value: str) -> int:
        """Parse the number."""
        return int(value)

    def to_string(self, value: int) -> str:
        """Format the number."""
        return str(value)


def register_number_paths() -> None:
    """Let routes use `{id:number}`; it may be called again."""
    register_url_convertor("number", NumberConvertor())
