"""Every address of Tiwizi: each room mounts its own."""

from django.urls import include, path

urlpatterns = [
    path("", include("tiwizi.accounts.urls")),
    path("", include("tiwizi.network.urls")),
    path("", include("tiwizi.plans.urls")),
    path("", include("tiwizi.indicators.urls")),
    path("", include("tiwizi.pooling.urls")),
    path("", include("tiwizi.interop.urls")),
    path("", include("tiwizi.base.urls")),
    path("", include("tiwizi.portal.urls")),
]

handler403 = "tiwizi.base.views.forbidden"
handler404 = "tiwizi.base.views.not_found"
handler500 = "tiwizi.base.views.broken"
