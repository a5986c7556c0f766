from ._runtime.operation import Operation
from .models import ServerTime
__all__ = ['TIME']
