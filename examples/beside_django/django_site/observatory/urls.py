"""Every page of the shop, also those that have moved: the way back is to let the proxy know."""

from django.contrib import admin
from django.contrib.auth import views as auth_views
from django.urls import path
from shop import views

urlpatterns = [
    path("", views.instruments, name="instruments"),
    path("instruments/<slug:slug>/", views.instrument, name="instrument"),
    path("cart/", views.cart, name="cart"),
    path("cart/add/", views.add_to_cart, name="add_to_cart"),
    path("cart/empty/", views.empty_cart, name="empty_cart"),
    path("account/", views.account, name="account"),
    path("accounts/login/", auth_views.LoginView.as_view(), name="login"),
    path("accounts/logout/", auth_views.LogoutView.as_view(), name="logout"),
    path("accounts/password/", views.ChangePassword.as_view(), name="password"),
    path("admin/", admin.site.urls),
]
