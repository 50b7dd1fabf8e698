def cart(request):
    """How much is in the cart: for the top of every page."""
    return {"cart_count": sum(request.session.get("cart", {}).values())}
