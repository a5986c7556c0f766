from ._runtime.operation import Operation
from .models import ServerTime
__all__ = ['TIME']
TIME: Operation[ServerTime] = Operation(name='time', method='GET', path='/time', effect='read', result=ServerTime)
