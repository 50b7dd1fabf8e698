/** The books in German. */

import type { BookWords } from "../catalogue.ts";

export const BOOKS_DE: Readonly<Record<string, BookWords>> = {
  "the-clouds": {
    title: "Die Wolken",
    author: "Aristophanes",
    blurb:
      "Ein Mann, tief in Schulden, geht in die Schule des Sokrates, der aus einem Korb auf halbem Weg zum Himmel lehrt, und will lernen, sich aus allem herauszureden. Der Chor besteht aus Wolken, und die Wolken haben eine Meinung.",
    forecast: "Den ganzen Morgen heiterer Unsinn. Gegen Abend ein brennendes Dach.",
  },
  "wuthering-heights": {
    title: "Sturmhöhe",
    author: "Emily Brontë",
    blurb:
      "Zwei Häuser im Moor, zwei Familien und eine Liebe, die weder Heirat noch Tod beruhigt. So hat noch niemand den Wind beschrieben: Er kommt auf den ersten Seiten unter der Tür herein und geht nicht mehr.",
    forecast: "Stürme aus Nord, zwei Generationen lang kein Schutz.",
  },
  "the-tempest": {
    title: "Der Sturm",
    author: "William Shakespeare",
    blurb:
      "Ein Herzog, der sein Herzogtum an die Bücher verlor, ruft einen Sturm herbei und lässt seine Feinde an der eigenen Insel scheitern. Was folgt, ist eine Komödie über die Rache und darüber, wie man sie weglegt.",
    forecast: "Blitz und Donner im ersten Auftritt, dann ruhige See und günstige Winde.",
  },
  "the-snow-queen": {
    title: "Die Schneekönigin",
    author: "Hans Christian Andersen",
    blurb:
      "Ein Splitter eines bösen Spiegels gerät Kay ins Auge, und die Schneekönigin nimmt ihn mit nach Norden. Gerda geht ihn holen, durch sieben Geschichten, ohne Karte und bald auch ohne Schuhe.",
    forecast: "Strenger Frost, Rosen bis zur letzten Seite.",
  },
  "bleak-house": {
    title: "Bleakhaus",
    author: "Charles Dickens",
    blurb:
      "Ein Prozess dauert schon so lange, dass kein Lebender mehr weiß, worum es geht. Aus dem Nebel ringsum treten eine Waise, ein Detektiv, eine Dame mit einem Geheimnis und halb London.",
    forecast: "Nebel flussauf, Nebel flussab. Im siebenundsechzigsten Kapitel klart es auf.",
  },
  "white-nights": {
    title: "Weiße Nächte",
    author: "Fjodor Dostojewski",
    blurb:
      "Vier Nächte an einem Kanal in Petersburg, wenn die Sonne vergisst unterzugehen. Ein Träumer, der sonst mit Häusern spricht, trifft jemanden, der antwortet. Es reicht für einen Abend, und den Abend danach sollten Sie sich freihalten.",
    forecast: "Hell bis zum Morgen. Am letzten Tag Regen.",
  },
  "on-the-modifications-of-clouds": {
    title: "Über die Modificationen der Wolken, ihre Hervorbringung, Schwebung und Auflösung",
    author: "Luke Howard",
    blurb:
      "Ein Londoner Apotheker sieht auf dem Weg zur Arbeit nach oben und gibt den Wolken die Namen, die sie noch haben: Cirrus, Cumulus, Stratus. Goethe schrieb ihm dafür Gedichte. Mit den Himmelszeichnungen des Verfassers.",
    forecast: "Heiter, nachmittags kleine Haufen.",
  },
  "five-weeks-in-a-balloon": {
    title: "Fünf Wochen im Ballon",
    author: "Jules Verne",
    blurb:
      "Drei Reisende überqueren einen Erdteil, ohne ihn zu berühren, in einem Ballon, der steigt und sinkt, bis er einen Wind in die richtige Richtung findet. Vernes erste Reise, und noch immer die mit der schönsten Aussicht.",
    forecast: "Beständige Passatwinde. Gelegentlich wird Ballast geworfen.",
  },
  "typhoon": {
    title: "Taifun",
    author: "Joseph Conrad",
    blurb:
      "Kapitän MacWhirr hat gar keine Phantasie, und darum fährt er mitten hindurch. Hundert Seiten fallendes Barometer, und eines der großen Bildnisse eines Mannes, den nichts beeindruckt.",
    forecast: "Der tiefste Stand, den Sie je gesehen haben. Dann noch tiefer.",
  },
  "farthest-north": {
    title: "In Nacht und Eis",
    author: "Fridtjof Nansen",
    blurb:
      "Nansen lässt ein rundes Schiff bauen, lässt es mit Absicht einfrieren und wartet, dass ihn die Drift über den Pol trägt. Als das zu lange dauert, steigt er aus und geht zu Fuß.",
    forecast: "Minus vierzig. Nordlicht nach dem Abendessen.",
  },
  "the-sea-wolf": {
    title: "Der Seewolf",
    author: "Jack London",
    blurb:
      "Im Nebel der Bucht von San Francisco sinkt eine Fähre, und ein Literat wird von einem Robbenfänger aufgefischt, dessen Kapitän Spencer liest und an nichts glaubt. Die Fahrt ist lang.",
    forecast: "Schlechte Sicht, in jedem Sinn.",
  },
  "around-the-moon": {
    title: "Reise um den Mond",
    author: "Jules Verne",
    blurb:
      "Drei Männer, zwei Hunde und einige Hühner sind auf den Mond geschossen worden und treffen daneben. Also fahren sie um ihn herum, mit gutem Wein, falschen Zahlen und der Nase am Glas.",
    forecast: "Klar. Nach der ersten Stunde überhaupt kein Wetter.",
  },
};
