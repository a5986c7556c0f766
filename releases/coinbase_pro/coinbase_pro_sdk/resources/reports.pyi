from datetime import datetime
from uuid import UUID
from .._runtime.arguments import Choice, Instant, Text, Uid
from .._runtime.client import AsyncResource, Resource, async_raw, raw
from .._runtime.operation import Operation, Parameter
from .._runtime.rules import When
from ..models import Report, ReportFormat, ReportReceipt, ReportType
__all__ = ['AsyncRawReportsResource', 'AsyncReportsResource', 'RawReportsResource', 'ReportsResource']

class ReportsResource(Resource):

    def create(self, report_type: ReportType | str, start_date: datetime, end_date: datetime, *, product_id: str | None=None, account_id: UUID | str | None=None, report_format: ReportFormat | str | None=None, email: str | None=None) -> ReportReceipt:
        ...

    def status(self, report_id: UUID | str) -> Report:
        ...

class AsyncReportsResource(AsyncResource):

    async def create(self, report_type: ReportType | str, start_date: datetime, end_date: datetime, *, product_id: str | None=None, account_id: UUID | str | None=None, report_format: ReportFormat | str | None=None, email: str | None=None) -> ReportReceipt:
        ...

    async def status(self, report_id: UUID | str) -> Report:
        ...

class RawReportsResource:

    def __init__(self, resource: ReportsResource) -> None:
        ...

class AsyncRawReportsResource:

    def __init__(self, resource: AsyncReportsResource) -> None:
        ...
