/** What the shop says in German. */

import { type Html, html } from "@nuages/web";
import type { Texts } from "./texts.ts";

export const SHOP_DE: Texts["shop"] = {
  frame: {
    skip: "Direkt zur Seite",
    yours: "Ihre Sachen",
    wishlist: "Merkzettel",
    cart: "Korb",
    signIn: "Anmelden",
    account: "Konto",
    searchLabel: "Buch suchen",
    search: "Suchen",
    light: "Licht",
    day: "Tag",
    night: "Nacht",
    auto: "Wie Ihr System",
    language: "Sprache",
    preferences: "Licht und Sprache",
    about: (): Html =>
      html`Dieser Laden ist das Beispiel von <span lang="fr">Nuages</span>. Zu kaufen gibt es hier nichts.`,
    letters: "Leserbriefe",
    breakage: "Was geschieht, wenn etwas bricht",
    onWishlist: "Auf Ihrem Merkzettel",
    offWishlist: "Nicht mehr auf Ihrem Merkzettel",
  },
  weathers: { clouds: "Wolken", wind: "Wind", storm: "Sturm", snow: "Schnee", fog: "Nebel", night: "Nacht" },
  beforeOurEra: "v. Chr.",
  home: {
    title: "Bücher, in denen Wetter ist",
    intro: "Zwölf auf sechs Regalen, und alle alt genug, um jedem zu gehören.",
    shelves: "Regale",
    all: "Alle",
    searchTitle: (words: string): string => `Suche nach „${words}“`,
    found: (books: number, words: string): string => `${countBooks(books)} zu „${words}“`,
    backToShelves: "Zurück zu allen Regalen",
    recent: "Angesehen haben Sie",
    forget: "Diese vergessen",
    forgotten: "Vergessen.",
  },
  books: {
    missing: "Dieses Buch steht nicht in unseren Regalen.",
    addToCart: "In den Korb",
    addTitle: (title: string): string => `In den Korb: ${title}`,
    wishTitle: (title: string): string => `Auf Ihrem Merkzettel: ${title}`,
    forecast: "Aussichten",
    moreFrom: (shelf: string): string => `Mehr aus dem Regal „${shelf}“`,
  },
  toShelves: "Zu den Regalen",
  count: (books: number): string => countBooks(books),
  cart: {
    title: "Ihr Korb",
    emptyTitle: "Nichts als Luft in Ihrem Korb",
    empty: "In den Regalen warten zwölf Bücher.",
    copiesOf: (title: string): string => `Exemplare von ${title}`,
    update: "Ändern",
    remove: "Entfernen",
    removeTitle: (title: string): string => `Entfernen: ${title}`,
    total: "Summe",
    tillIsClosed: "Die Kasse bleibt zu, denn dieser Laden ist ein Beispiel. Der Korb gehört trotzdem Ihnen.",
    clear: "Korb leeren",
    cleared: "Ihr Korb ist wieder leer.",
    added: (title: string, copies: number): string =>
      `„${title}“ liegt in Ihrem Korb.${copies === 1 ? "" : ` Jetzt ${copies} Exemplare.`}`,
    wasGone: (title: string): string => `„${title}“ lag nicht mehr in Ihrem Korb.`,
    isBack: (title: string): string => `„${title}“ steht wieder im Regal.`,
    saved: "Gespeichert.",
    tooMany: (most: number): string => `Wir haben zwischen null und ${most} Exemplaren von jedem Buch.`,
  },
  wishlist: {
    title: "Ihr Merkzettel",
    emptyTitle: "Noch keine Wünsche",
    empty: "Jedes Buch hat ein Herz. Drücken Sie eines, und Sie finden das Buch hier.",
    kept: (title: string): string => `„${title}“ steht auf Ihrem Merkzettel.`,
    dropped: (title: string): string => `„${title}“ steht nicht mehr auf Ihrem Merkzettel.`,
  },
  noSuchLight: "Das Licht kennt Tag, Nacht und automatisch",
  breakage: {
    intro:
      "Jede Schicht dieser Site macht aus dem, was in ihr schiefgeht, eine Antwort, und die Schichten darum setzen noch ihre Kopfzeilen dazu.",
    throwsTitle: "Eine Ansicht wirft einen Fehler",
    throws: (): Html =>
      html`
        <a
          href="/breakage/exception/">Öffnen Sie eine Seite, die einen Fehler wirft</a>. Sie bekommen eine Seite mit einer Nummer; unter derselben Nummer steht der Fehler im Terminal.
      `,
    halfwayTitle: "Eine Ansicht scheitert auf halbem Weg",
    halfway:
      "Diese legt alle zwölf Bücher in Ihren Korb und scheitert dann. Sehen Sie danach in den Korb: Von einer gescheiterten Anfrage wird nichts gespeichert, auch ihre Meldung nicht.",
    failHalfway: "Auf halbem Weg scheitern",
    nobodyTitle: "Niemand da",
    nobody: (): Html =>
      html`
        <a href="/attic/">Den Dachboden</a> gibt es auf dieser Site nicht. <a
          href="/books/the-collected-silences/">Dieses Buch auch nicht</a>, aber das sagt die Ansicht selbst.
      `,
    wrongWayTitle: "Der falsche Weg hinein",
    wrongWay: (): Html =>
      html`
        <a
          href="/cart/add/">Die Adresse eines Formulars zu öffnen</a> wird abgelehnt, und die Antwort sagt, welche Methoden es gibt.
      `,
    foreignTitle: "Ein fremdes Formular",
    foreign:
      "Eine Seite anderswo, die ein Formular hierher schickt, oder ein Programm ohne Token wird abgewiesen, bevor die Ansicht läuft:",
    debug: (): Html =>
      html`Mit <code>--debug</code> gestartet, zeigt die Site statt eigener Fehlerseiten den Fehler selbst, die Schichten und die Anfrage.`,
    allInCart: "Alle unsere Bücher liegen in Ihrem Korb.",
  },
  errors: {
    400: { title: "Das konnten wir nicht lesen", text: "Etwas an der Anfrage war nicht, wie es sein soll." },
    403: {
      title: "Dieses Formular ist keines von uns",
      text:
        "Vielleicht ist es alt, oder es kam von anderswo. Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal.",
    },
    404: { title: "Hier ist nichts als Himmel", text: "Unter dieser Adresse gibt es keine Seite." },
    405: { title: "So nicht", text: "Diese Adresse nimmt Formulare, keine Besuche." },
    413: { title: "Das ist zu viel", text: "Was da kam, passt in keines unserer Regale." },
    429: {
      title: "Nicht so schnell",
      text: "Jemand mit Ihrer Adresse hat das sehr oft versucht. Bitte warten Sie eine Weile.",
    },
    500: { title: "Eine plötzliche Böe", text: "Bei uns ist etwas gebrochen. Von Ihren Sachen wurde nichts geändert." },
    503: {
      title: "Einen Moment geschlossen",
      text: "Wir kommen nicht an unser Lager. Bitte versuchen Sie es gleich noch einmal.",
    },
    nameIt: (id: string): Html => html`Wenn Sie uns davon erzählen, nennen Sie bitte <code>${id}</code>.`,
  },
};

function countBooks(books: number): string {
  return `${books === 0 ? "Keine" : books} ${books === 1 ? "Buch" : "Bücher"}`;
}
