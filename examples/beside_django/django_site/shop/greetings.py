"""What the shop says to those who come and go. The other side says the same."""

from django.contrib import messages
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver


@receiver(user_logged_in)
def welcome(request, user, **kwargs):
    messages.success(request, f"Good to see you, {user.first_name or user.username}.")


@receiver(user_logged_out)
def goodbye(request, user, **kwargs):
    messages.info(request, "You are signed out.")
