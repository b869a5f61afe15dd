"""One Django project with both kinds of tokens: django-oauth-toolkit under /o/, SimpleJWT under /api/token/."""

import os
import sys
from datetime import timedelta

from django.conf import settings

LIFETIME = int(os.environ.get("ACCESS_TOKEN_SECONDS", "300"))
sys.modules.setdefault("app", sys.modules[__name__])
LOGIN_PAGE = """<form method="post">{% csrf_token %}{{ form }}
<input type="hidden" name="next" value="{{ next }}"><button>Sign in</button></form>"""

settings.configure(
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="a secret for tests, long enough for HS256",
    ROOT_URLCONF="app",
    USE_TZ=True,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["DATABASE"]}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "corsheaders",
        "oauth2_provider",
        "rest_framework",
        "rest_framework_simplejwt.token_blacklist",
    ],
    MIDDLEWARE=[
        "corsheaders.middleware.CorsMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [("django.template.loaders.locmem.Loader", {"registration/login.html": LOGIN_PAGE})],
                "context_processors": ["django.template.context_processors.request"],
            },
        }
    ],
    CORS_ALLOWED_ORIGINS=[os.environ.get("APP_ORIGIN", "http://localhost")],
    OAUTH2_PROVIDER={
        "ACCESS_TOKEN_EXPIRE_SECONDS": LIFETIME,
        "REFRESH_TOKEN_EXPIRE_SECONDS": 86400,
        "ROTATE_REFRESH_TOKEN": True,
        "PKCE_REQUIRED": True,
        "OIDC_ENABLED": True,
        "OIDC_RSA_PRIVATE_KEY": os.environ.get("PRIVATE_KEY", ""),
        "SCOPES": {"openid": "OpenID Connect", "read": "Read"},
    },
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTAuthentication"],
    },
    SIMPLE_JWT={
        "ACCESS_TOKEN_LIFETIME": timedelta(seconds=LIFETIME),
        "REFRESH_TOKEN_LIFETIME": timedelta(days=1),
        "ROTATE_REFRESH_TOKENS": True,
        "BLACKLIST_AFTER_ROTATION": True,
    },
)

import django  # noqa: E402

django.setup()

from django.contrib.auth.views import LoginView  # noqa: E402
from django.urls import include, path  # noqa: E402
from oauth2_provider.contrib.rest_framework import OAuth2Authentication  # noqa: E402
from rest_framework.decorators import api_view, authentication_classes, permission_classes  # noqa: E402
from rest_framework.permissions import AllowAny, IsAuthenticated  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError  # noqa: E402
from rest_framework_simplejwt.serializers import TokenRefreshSerializer  # noqa: E402
from rest_framework_simplejwt.views import TokenBlacklistView, TokenObtainPairView, TokenRefreshView  # noqa: E402


@api_view(["GET"])
@authentication_classes([OAuth2Authentication])
@permission_classes([IsAuthenticated])
def orders(request):
    return Response({"user": request.user.username})


@api_view(["GET"])
@permission_classes([IsAuthenticated])
def jwt_orders(request):
    return Response({"user": request.user.username})


@api_view(["POST"])
@permission_classes([AllowAny])
def open_refresh(request):
    """An application's own refresh view, open to all. Django REST framework still authenticates a bearer first."""
    serializer = TokenRefreshSerializer(data=request.data)
    try:
        serializer.is_valid(raise_exception=True)
    except TokenError as error:
        raise InvalidToken(error.args[0]) from error
    return Response(serializer.validated_data)


urlpatterns = [
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    path("accounts/login/", LoginView.as_view()),
    path("api/orders", orders),
    path("api/jwt-orders", jwt_orders),
    path("api/token/", TokenObtainPairView.as_view()),
    path("api/token/refresh/", TokenRefreshView.as_view()),
    path("api/token/open-refresh/", open_refresh),
    path("api/token/blacklist/", TokenBlacklistView.as_view()),
]


def create_database(redirect_uris):
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from oauth2_provider.models import Application

    call_command("migrate", verbosity=0)
    for name in ("ann", "bea"):
        User.objects.create_user(name, password="secret")
    Application.objects.create(
        client_id="spa",
        client_secret="",
        client_type="public",
        authorization_grant_type="authorization-code",
        algorithm="RS256",
        skip_authorization=True,
        redirect_uris=redirect_uris,
    )


if __name__ == "__main__":
    from django.core.management import execute_from_command_line

    if sys.argv[1] == "init":
        create_database(sys.argv[2])
    else:
        execute_from_command_line(sys.argv)
