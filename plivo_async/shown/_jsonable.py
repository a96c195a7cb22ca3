"""What pydantic, and so FastAPI, makes of values that turn into JSON types themselves."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic_core import CoreSchema


class Jsonable:
    """Its `to_dict()` is its JSON, also as the response of a FastAPI endpoint and as a field of a pydantic model."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain JSON types."""
        raise NotImplementedError

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> "CoreSchema":
        """An instance stays as it is; in JSON it is what `to_dict()` says. Called by pydantic, whose core is there."""
        from pydantic_core import core_schema

        told = core_schema.plain_serializer_function_ser_schema(cls.to_dict, return_schema=core_schema.dict_schema())
        return core_schema.is_instance_schema(cls, serialization=told)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        """For OpenAPI: an object."""
        return {"title": cls.__name__, "type": "object"}
