from django.contrib.auth.models import Group, Permission, User
from django.core.management.base import BaseCommand
from shop.models import Instrument

INSTRUMENTS = [
    ("barometer", "Barometer", "the weight of the air", "1643", 18900,
     "Torricelli filled a glass tube with mercury, turned it over in a dish, and saw that we live at the bottom of an ocean of air. When the column falls, close the windows."),
    ("wind-vane", "Wind vane", "where the wind comes from", "50 BC", 7900,
     "The oldest one we know of stood on a tower in Athens: a bronze Triton whose wand pointed at one of eight winds. Ours is a cloud, and points as well."),
    ("rain-gauge", "Rain gauge", "how much rain has fallen", "1441", 4900,
     "A cylinder and a ruler. In Korea each village had one, and reported what was in it to the king, who set the taxes by it. Empty it at the same hour each day."),
    ("anemometer", "Anemometer", "how fast the wind is", "1846", 22900,
     "Four cups on a cross, by an astronomer in Armagh who wanted to know whether his dome would hold. It turns a third as fast as the wind, whatever the wind's direction."),
    ("hygrometer", "Hygrometer", "how damp the air is", "1783", 12900,
     "De Saussure found that a hair grows longer when the air is damp, and hung a needle from one of his daughter's. It is never quite right, and nobody has ever minded."),
    ("sunshine-recorder", "Sunshine recorder", "when the sun was out", "1853", 34900,
     "A ball of glass that burns a line into a strip of card while the sun shines, and leaves it out while a cloud goes by. At the end of the day you have the clouds, in writing."),
]


class Command(BaseCommand):
    help = "Fills the shelves, and makes two people who can sign in."

    def handle(self, *args, **options):
        for place, (slug, name, measures, since, price, text) in enumerate(INSTRUMENTS):
            values = {"name": name, "measures": measures, "since": since, "price": price, "text": text, "place": place}
            Instrument.objects.update_or_create(slug=slug, defaults=values)
        observers, _ = Group.objects.get_or_create(name="observers")
        observers.permissions.set(Permission.objects.filter(codename="change_instrument"))
        # Known to everybody who can read: for a shop that is nowhere but on your own machine.
        if not User.objects.filter(username="ada").exists():
            ada = User.objects.create_user("ada", "ada@shop.example", "plainly-a-demo", first_name="Ada")
            ada.groups.add(observers)
        if not User.objects.filter(username="luke").exists():
            User.objects.create_superuser("luke", "luke@shop.example", "plainly-a-demo", first_name="Luke")
