from django.db import models


class Instrument(models.Model):
    """Something that looks at the weather."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    measures = models.CharField(max_length=100)
    since = models.CharField(max_length=20, help_text="When it was invented")
    price = models.PositiveIntegerField(help_text="In cents")
    text = models.TextField()
    place = models.PositiveIntegerField(default=0, help_text="On the shelf, from the left")

    class Meta:
        ordering = ["place"]

    def __str__(self):
        return self.name

    @property
    def euros(self):
        return f"{self.price // 100}.{self.price % 100:02}"
