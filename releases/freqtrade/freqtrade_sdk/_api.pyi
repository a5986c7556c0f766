from collections.abc import Mapping
from typing import Any
from ._runtime.api import API, ErrorBody
from ._runtime.auth import Basic, Bearer, BearerArgument
from ._runtime.operation import Operation
__all__ = ['THE_API']
THE_API = ...
