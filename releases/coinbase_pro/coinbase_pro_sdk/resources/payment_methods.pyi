import builtins
from .._runtime.client import AsyncResource, Resource, async_raw, raw
from .._runtime.operation import Operation
from ..models import PaymentMethod
__all__ = ['AsyncPaymentMethodsResource', 'AsyncRawPaymentMethodsResource', 'PaymentMethodsResource', 'RawPaymentMethodsResource']

class PaymentMethodsResource(Resource):

    def list(self) -> builtins.list[PaymentMethod]:
        ...

class AsyncPaymentMethodsResource(AsyncResource):

    async def list(self) -> builtins.list[PaymentMethod]:
        ...

class RawPaymentMethodsResource:

    def __init__(self, resource: PaymentMethodsResource) -> None:
        ...

class AsyncRawPaymentMethodsResource:

    def __init__(self, resource: AsyncPaymentMethodsResource) -> None:
        ...
