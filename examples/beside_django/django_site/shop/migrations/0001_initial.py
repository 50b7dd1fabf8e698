from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Instrument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=100)),
                ("measures", models.CharField(max_length=100)),
                ("since", models.CharField(help_text="When it was invented", max_length=20)),
                ("price", models.PositiveIntegerField(help_text="In cents")),
                ("text", models.TextField()),
                ("place", models.PositiveIntegerField(default=0, help_text="On the shelf, from the left")),
            ],
            options={
                "ordering": ["place"],
            },
        ),
    ]
