from collections.abc import Mapping
from typing import Any
from ._runtime.api import API, Clock, ErrorBody
from ._runtime.auth import HeaderKey, HmacSignature
from ._runtime.operation import Operation
__all__ = ['THE_API']
THE_API = ...
