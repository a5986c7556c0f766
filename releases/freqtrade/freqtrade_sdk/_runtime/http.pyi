import httpcore
import httpx
__all__ = ['httpcore', 'httpx']
