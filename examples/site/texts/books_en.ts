/** The books in English. All are old enough to belong to everybody; blurbs and forecasts are ours. */

import type { BookWords } from "../catalogue.ts";

export const BOOKS_EN: Readonly<Record<string, BookWords>> = {
  "the-clouds": {
    title: "The Clouds",
    author: "Aristophanes",
    blurb:
      "A man deep in debt enrols in the school of Socrates, who teaches from a basket hung halfway to heaven, to learn how to talk his way out of anything. The chorus is made of clouds, and the clouds have opinions.",
    forecast: "Bright nonsense all morning. A burning roof towards evening.",
  },
  "wuthering-heights": {
    title: "Wuthering Heights",
    author: "Emily Brontë",
    blurb:
      "Two houses on the moor, two families, and a love that neither marriage nor death can calm. Nobody has ever written the wind like this: it comes under the door on the first pages and never leaves.",
    forecast: "Gales from the north, no shelter for two generations.",
  },
  "the-tempest": {
    title: "The Tempest",
    author: "William Shakespeare",
    blurb:
      "A duke who lost his dukedom to his books raises a storm and wrecks his enemies on his own island. What follows is a comedy about revenge, and about putting it down.",
    forecast: "Thunder and lightning in the first scene, then calm seas and auspicious gales.",
  },
  "the-snow-queen": {
    title: "The Snow Queen",
    author: "Hans Christian Andersen",
    blurb:
      "A splinter of a wicked mirror finds its way into Kay’s eye, and the Snow Queen takes him north. Gerda goes to fetch him back, through seven stories, with no map and soon without her shoes.",
    forecast: "Hard frost, roses by the last page.",
  },
  "bleak-house": {
    title: "Bleak House",
    author: "Charles Dickens",
    blurb:
      "A lawsuit has been going on for so long that no one alive knows what it means. Out of the fog around it come an orphan, a detective, a lady with a secret, and half of London.",
    forecast: "Fog up the river, fog down the river. Clearing in chapter sixty-seven.",
  },
  "white-nights": {
    title: "White Nights",
    author: "Fyodor Dostoevsky",
    blurb:
      "Four nights by a canal in Petersburg, when the sun forgets to set. A dreamer who talks mostly to houses meets somebody who answers. It is short enough for one evening, and you will want the evening after it free.",
    forecast: "Light until morning. Rain on the last day.",
  },
  "on-the-modifications-of-clouds": {
    title: "On the Modifications of Clouds, and on the Principles of Their Production, Suspension, and Destruction",
    author: "Luke Howard",
    blurb:
      "A London chemist looks up on his way to work and gives the clouds the names they still have: cirrus, cumulus, stratus. Goethe wrote him poems for it. With the author’s own drawings of the sky.",
    forecast: "Fair, with small heaps after noon.",
  },
  "five-weeks-in-a-balloon": {
    title: "Five Weeks in a Balloon",
    author: "Jules Verne",
    blurb:
      "Three travellers cross a continent without touching it, in a balloon that climbs and sinks until it finds a wind going the right way. Verne’s first voyage, and still the one with the best view.",
    forecast: "Steady trade winds. Some throwing of ballast.",
  },
  "typhoon": {
    title: "Typhoon",
    author: "Joseph Conrad",
    blurb:
      "Captain MacWhirr has no imagination at all, and so he steers straight through. A hundred pages of falling barometer, and one of the great portraits of a man who cannot be impressed.",
    forecast: "The lowest reading you have ever seen. Then lower.",
  },
  "farthest-north": {
    title: "Farthest North",
    author: "Fridtjof Nansen",
    blurb:
      "Nansen has a round ship built, lets it freeze into the ice on purpose, and waits for the drift to carry him over the Pole. When that takes too long he gets out and walks.",
    forecast: "Minus forty. Northern lights after supper.",
  },
  "the-sea-wolf": {
    title: "The Sea-Wolf",
    author: "Jack London",
    blurb:
      "A ferry goes down in the fog of San Francisco Bay, and a man of letters is fished out by a sealing schooner whose captain reads Spencer and believes in nothing. The voyage is long.",
    forecast: "Visibility poor, in every sense.",
  },
  "around-the-moon": {
    title: "Around the Moon",
    author: "Jules Verne",
    blurb:
      "Three men, two dogs and some chickens have been fired at the Moon, and miss. So they go round it, with good wine, wrong figures and their noses against the glass.",
    forecast: "Clear. No weather at all beyond the first hour.",
  },
};
