from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import PasswordChangeView
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.views.decorators.http import require_POST

from .models import Instrument


def instruments(request):
    return render(request, "shop/instruments.html", {"instruments": Instrument.objects.all()})


def instrument(request, slug):
    return render(request, "shop/instrument.html", {"instrument": get_object_or_404(Instrument, slug=slug)})


def cart(request):
    copies = request.session.get("cart", {})
    lines = [
        {"instrument": instrument, "copies": copies[instrument.slug]}
        for instrument in Instrument.objects.filter(slug__in=copies)
    ]
    total = sum(line["copies"] * line["instrument"].price for line in lines)
    return render(request, "shop/cart.html", {"lines": lines, "total": f"{total // 100}.{total % 100:02}"})


@require_POST
def add_to_cart(request):
    instrument = get_object_or_404(Instrument, slug=request.POST.get("instrument", ""))
    cart = request.session.get("cart", {})
    request.session["cart"] = {**cart, instrument.slug: cart.get(instrument.slug, 0) + 1}
    messages.success(request, f"The {instrument.name.lower()} is in your cart.")
    return redirect("cart")


@require_POST
def empty_cart(request):
    request.session.pop("cart", None)
    messages.info(request, "Your cart is empty again.")
    return redirect("instruments")


@login_required
def account(request):
    groups = [group.name for group in request.user.groups.order_by("name")]
    return render(request, "shop/account.html", {"groups": groups})


class ChangePassword(PasswordChangeView):
    template_name = "registration/password.html"
    success_url = reverse_lazy("account")

    def form_valid(self, form):
        messages.success(self.request, "Your password is another one now. Everywhere else you are signed out.")
        return super().form_valid(form)
