/** The shop’s twelve books. All of them are old enough to belong to everybody; blurbs and forecasts are ours. */

/** The shelves: every book in this shop has weather in it. */
export const WEATHERS = ["clouds", "wind", "storm", "snow", "fog", "night"] as const;

/** A shelf of the shop. */
export type Weather = typeof WEATHERS[number];

/** A book as the shop sells it. */
export interface Book {
  /** Names the book in addresses. */
  readonly slug: string;
  readonly title: string;
  readonly author: string;
  /** When it was written or first printed; before our era if negative. */
  readonly year: number;
  readonly weather: Weather;
  /** The price in cents, since cents are whole numbers and euros are not. */
  readonly price: number;
  readonly blurb: string;
  /** What to expect, as a weather report. */
  readonly forecast: string;
}

const SHELF: readonly Book[] = [
  {
    slug: "the-clouds",
    title: "The Clouds",
    author: "Aristophanes",
    year: -423,
    weather: "clouds",
    price: 990,
    blurb:
      "A man deep in debt enrols in the school of Socrates, who teaches from a basket hung halfway to heaven, to learn how to talk his way out of anything. The chorus is made of clouds, and the clouds have opinions.",
    forecast: "Bright nonsense all morning. A burning roof towards evening.",
  },
  {
    slug: "wuthering-heights",
    title: "Wuthering Heights",
    author: "Emily Brontë",
    year: 1847,
    weather: "wind",
    price: 1190,
    blurb:
      "Two houses on the moor, two families, and a love that neither marriage nor death can calm. Nobody has ever written the wind like this: it comes under the door on the first pages and never leaves.",
    forecast: "Gales from the north, no shelter for two generations.",
  },
  {
    slug: "the-tempest",
    title: "The Tempest",
    author: "William Shakespeare",
    year: 1611,
    weather: "storm",
    price: 890,
    blurb:
      "A duke who lost his dukedom to his books raises a storm and wrecks his enemies on his own island. What follows is a comedy about revenge, and about putting it down.",
    forecast: "Thunder and lightning in the first scene, then calm seas and auspicious gales.",
  },
  {
    slug: "the-snow-queen",
    title: "The Snow Queen",
    author: "Hans Christian Andersen",
    year: 1844,
    weather: "snow",
    price: 1290,
    blurb:
      "A splinter of a wicked mirror finds its way into Kay’s eye, and the Snow Queen takes him north. Gerda goes to fetch him back, through seven stories, with no map and soon without her shoes.",
    forecast: "Hard frost, roses by the last page.",
  },
  {
    slug: "bleak-house",
    title: "Bleak House",
    author: "Charles Dickens",
    year: 1853,
    weather: "fog",
    price: 1490,
    blurb:
      "A lawsuit has been going on for so long that no one alive knows what it means. Out of the fog around it come an orphan, a detective, a lady with a secret, and half of London.",
    forecast: "Fog up the river, fog down the river. Clearing in chapter sixty-seven.",
  },
  {
    slug: "white-nights",
    title: "White Nights",
    author: "Fyodor Dostoevsky",
    year: 1848,
    weather: "night",
    price: 890,
    blurb:
      "Four nights by a canal in Petersburg, when the sun forgets to set. A dreamer who talks mostly to houses meets somebody who answers. It is short enough for one evening, and you will want the evening after it free.",
    forecast: "Light until morning. Rain on the last day.",
  },
  {
    slug: "on-the-modifications-of-clouds",
    title: "On the Modifications of Clouds, and on the Principles of Their Production, Suspension, and Destruction",
    author: "Luke Howard",
    year: 1803,
    weather: "clouds",
    price: 1590,
    blurb:
      "A London chemist looks up on his way to work and gives the clouds the names they still have: cirrus, cumulus, stratus. Goethe wrote him poems for it. With the author’s own drawings of the sky.",
    forecast: "Fair, with small heaps after noon.",
  },
  {
    slug: "five-weeks-in-a-balloon",
    title: "Five Weeks in a Balloon",
    author: "Jules Verne",
    year: 1863,
    weather: "wind",
    price: 1090,
    blurb:
      "Three travellers cross a continent without touching it, in a balloon that climbs and sinks until it finds a wind going the right way. Verne’s first voyage, and still the one with the best view.",
    forecast: "Steady trade winds. Some throwing of ballast.",
  },
  {
    slug: "typhoon",
    title: "Typhoon",
    author: "Joseph Conrad",
    year: 1902,
    weather: "storm",
    price: 990,
    blurb:
      "Captain MacWhirr has no imagination at all, and so he steers straight through. A hundred pages of falling barometer, and one of the great portraits of a man who cannot be impressed.",
    forecast: "The lowest reading you have ever seen. Then lower.",
  },
  {
    slug: "farthest-north",
    title: "Farthest North",
    author: "Fridtjof Nansen",
    year: 1897,
    weather: "snow",
    price: 1790,
    blurb:
      "Nansen has a round ship built, lets it freeze into the ice on purpose, and waits for the drift to carry him over the Pole. When that takes too long he gets out and walks.",
    forecast: "Minus forty. Northern lights after supper.",
  },
  {
    slug: "the-sea-wolf",
    title: "The Sea-Wolf",
    author: "Jack London",
    year: 1904,
    weather: "fog",
    price: 1090,
    blurb:
      "A ferry goes down in the fog of San Francisco Bay, and a man of letters is fished out by a sealing schooner whose captain reads Spencer and believes in nothing. The voyage is long.",
    forecast: "Visibility poor, in every sense.",
  },
  {
    slug: "around-the-moon",
    title: "Around the Moon",
    author: "Jules Verne",
    year: 1869,
    weather: "night",
    price: 1090,
    blurb:
      "Three men, two dogs and some chickens have been fired at the Moon, and miss. So they go round it, with good wine, wrong figures and their noses against the glass.",
    forecast: "Clear. No weather at all beyond the first hour.",
  },
];

const BY_SLUG: ReadonlyMap<string, Book> = new Map(SHELF.map((book) => [book.slug, book]));

/** Every book, in the order of the shelf. */
export function allBooks(): readonly Book[] {
  return SHELF;
}

/** The book with this slug. Takes anything: slugs come from addresses, forms and old sessions. */
export function findBook(slug: unknown): Book | undefined {
  return typeof slug === "string" ? BY_SLUG.get(slug) : undefined;
}

/** The books with these slugs, in this order; what the shop no longer has is left out. */
export function findBooks(slugs: readonly string[]): Book[] {
  return slugs.map(findBook).filter((book) => book !== undefined);
}

/** The books of a shelf (of all, if it is none) that have all these words in title or author. */
export function searchBooks(weather: string, words: string): Book[] {
  const wanted = words.toLowerCase().split(/\s+/);
  return SHELF.filter((book) => {
    if (isWeather(weather) && book.weather !== weather) return false;
    const text = `${book.title} ${book.author}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

/** Whether a text names a shelf. */
export function isWeather(text: string): text is Weather {
  return (WEATHERS as readonly string[]).includes(text);
}
