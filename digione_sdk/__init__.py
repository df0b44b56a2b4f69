"""The whole public surface of the SDK; every name is loaded when first used, so that importing it costs nothing."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digione_sdk.client import (
        AsyncCollection,
        AsyncDigiOne,
        AsyncListing,
        AsyncResource,
        AsyncSession,
        Collection,
        DigiOne,
        Listing,
        Resource,
        Session,
    )
    from digione_sdk.core.auth import Grant
    from digione_sdk.core.http import Request, Response
    from digione_sdk.core.limits import RateLimit
    from digione_sdk.core.retry import RetryPolicy
    from digione_sdk.core.scopes import Scope
    from digione_sdk.errors import (
        AuthorisationError,
        BadRequest,
        ConfigurationError,
        ConnectionFailed,
        DigiOneError,
        FieldNotRequestedError,
        FilterError,
        Forbidden,
        InvalidData,
        MissingEnvelope,
        NotFound,
        PagingError,
        PayloadError,
        RepeatedPageError,
        RequestTimedOut,
        ScopeNotGranted,
        ServerError,
        StatusError,
        SynchronisationStopped,
        TokenRequestFailed,
        TooManyRequests,
        TransportError,
        TruncatedListError,
        Unauthorised,
        UnstableListError,
        UsageError,
    )
    from digione_sdk.model.oneroster import (
        AcademicSession,
        AcadSessionGUIDRef,
        BaseStatus,
        Class,
        ClassGUIDRef,
        ClassType,
        Course,
        CourseGUIDRef,
        Credential,
        Demographics,
        Enrollment,
        EnrolRole,
        Gender,
        GUIDRef,
        Metadata,
        Org,
        OrgGUIDRef,
        OrgType,
        PrimarySecondary,
        ResourceGUIDRef,
        Role,
        RoleName,
        SessionType,
        User,
        UserGUIDRef,
        UserId,
        UserProfile,
    )
    from digione_sdk.model.status import StatusInfo
    from digione_sdk.transport import Timeouts
    from digione_sdk.wire.partial import Partial
    from digione_sdk.wire.where import where

__all__ = [
    "AcadSessionGUIDRef",
    "AcademicSession",
    "AsyncCollection",
    "AsyncDigiOne",
    "AsyncListing",
    "AsyncResource",
    "AsyncSession",
    "AuthorisationError",
    "BadRequest",
    "BaseStatus",
    "Class",
    "ClassGUIDRef",
    "ClassType",
    "Collection",
    "ConfigurationError",
    "ConnectionFailed",
    "Course",
    "CourseGUIDRef",
    "Credential",
    "Demographics",
    "DigiOne",
    "DigiOneError",
    "EnrolRole",
    "Enrollment",
    "FieldNotRequestedError",
    "FilterError",
    "Forbidden",
    "GUIDRef",
    "Gender",
    "Grant",
    "InvalidData",
    "Listing",
    "Metadata",
    "MissingEnvelope",
    "NotFound",
    "Org",
    "OrgGUIDRef",
    "OrgType",
    "PagingError",
    "Partial",
    "PayloadError",
    "PrimarySecondary",
    "RateLimit",
    "RepeatedPageError",
    "Request",
    "RequestTimedOut",
    "Resource",
    "ResourceGUIDRef",
    "Response",
    "RetryPolicy",
    "Role",
    "RoleName",
    "Scope",
    "ScopeNotGranted",
    "ServerError",
    "Session",
    "SessionType",
    "StatusError",
    "StatusInfo",
    "SynchronisationStopped",
    "Timeouts",
    "TokenRequestFailed",
    "TooManyRequests",
    "TransportError",
    "TruncatedListError",
    "Unauthorised",
    "UnstableListError",
    "UsageError",
    "User",
    "UserGUIDRef",
    "UserId",
    "UserProfile",
    "where",
]

# Modules that together hold every public name, the cheapest first; a test compares them with the list above.
_HOMES = (
    "digione_sdk.errors",
    "digione_sdk.core.scopes",
    "digione_sdk.core.http",
    "digione_sdk.core.limits",
    "digione_sdk.model.oneroster",
    "digione_sdk.model.status",
    "digione_sdk.core.retry",
    "digione_sdk.core.auth",
    "digione_sdk.wire.partial",
    "digione_sdk.wire.where",
    "digione_sdk.client",
    "digione_sdk.transport",
)


def __getattr__(name: str) -> object:
    if name in __all__:
        for home in _HOMES:
            module = import_module(home)
            if hasattr(module, name):
                value: object = getattr(module, name)
                globals()[name] = value
                return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
