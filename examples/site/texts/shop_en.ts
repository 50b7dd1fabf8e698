/** What the shop says in English. */

import { type Html, html } from "@nuages/web";

export const SHOP_EN = {
  frame: {
    skip: "Skip to the page",
    yours: "Yours",
    wishlist: "Wishlist",
    cart: "Cart",
    signIn: "Sign in",
    account: "Account",
    searchLabel: "Title or author",
    search: "Search",
    light: "Light",
    day: "Day",
    night: "Night",
    auto: "As your system",
    language: "Language",
    preferences: "Light and language",
    about: (): Html => html`This shop is the example of <span lang="fr">Nuages</span>. Nothing in it is for sale.`,
    letters: "Letters from readers",
    breakage: "What happens when it breaks",
    onWishlist: "On your wishlist",
    offWishlist: "Off your wishlist",
  },
  weathers: { clouds: "Clouds", wind: "Wind", storm: "Storm", snow: "Snow", fog: "Fog", night: "Night" },
  beforeOurEra: "BC",
  home: {
    title: "Books with weather in them",
    intro: "Twelve of them on six shelves, all old enough to belong to everybody.",
    shelves: "Shelves",
    all: "All",
    searchTitle: (words: string): string => `Search for “${words}”`,
    found: (books: number, words: string): string => `${countBooks(books)} for “${words}”`,
    backToShelves: "Back to all shelves",
    recent: "You have looked at",
    forget: "Forget these",
    forgotten: "Forgotten.",
  },
  books: {
    missing: "This book is not on our shelves.",
    addToCart: "Add to cart",
    addTitle: (title: string): string => `Add to cart: ${title}`,
    wishTitle: (title: string): string => `On your wishlist: ${title}`,
    forecast: "Forecast",
    moreFrom: (shelf: string): string => `More from the shelf “${shelf}”`,
  },
  toShelves: "To the shelves",
  count: (books: number): string => countBooks(books),
  cart: {
    title: "Your cart",
    emptyTitle: "Nothing but air in your cart",
    empty: "Twelve books are waiting on the shelves.",
    copiesOf: (title: string): string => `Copies of ${title}`,
    update: "Update",
    remove: "Remove",
    removeTitle: (title: string): string => `Remove: ${title}`,
    total: "Total",
    tillIsClosed: "The till stays closed, since this shop is an example. The cart is yours all the same.",
    clear: "Empty the cart",
    cleared: "Your cart is empty again.",
    added: (title: string, copies: number): string =>
      `“${title}” is in your cart.${copies === 1 ? "" : ` ${copies} copies now.`}`,
    wasGone: (title: string): string => `“${title}” was not in your cart any more.`,
    isBack: (title: string): string => `“${title}” is back on the shelf.`,
    saved: "Saved.",
    tooMany: (most: number): string => `We have between none and ${most} copies of each book.`,
  },
  wishlist: {
    title: "Your wishlist",
    emptyTitle: "No wishes yet",
    empty: "Every book has a heart. Press one, and you will find the book here.",
    kept: (title: string): string => `“${title}” is on your wishlist.`,
    dropped: (title: string): string => `“${title}” is off your wishlist.`,
  },
  noSuchLight: "The lights know day, night and automatic",
  breakage: {
    intro:
      "Every layer of this site turns what goes wrong inside it into an answer, and the layers around it still add their headers.",
    throwsTitle: "A view throws",
    throws: (): Html =>
      html`
        <a
          href="/breakage/exception/">Open a page that throws</a>. You get a page with a number; the terminal shows the error under the same number.
      `,
    halfwayTitle: "A view throws halfway",
    halfway:
      "This one puts all twelve books into your cart, and then fails. Look at your cart afterwards: nothing of a failed request is stored, and neither is its message.",
    failHalfway: "Fail halfway",
    nobodyTitle: "Nobody is there",
    nobody: (): Html =>
      html`
        <a href="/attic/">The attic</a> is not a page of this site. <a
          href="/books/the-collected-silences/">Neither is this book</a>, but the view says so itself.
      `,
    wrongWayTitle: "The wrong way in",
    wrongWay: (): Html =>
      html`<a href="/cart/add/">Opening the address of a form</a> is refused, and the answer says which methods there are.`,
    foreignTitle: "Somebody else’s form",
    foreign:
      "A page elsewhere that sends a form here, or a program that has no token, is refused before the view runs:",
    debug: (): Html =>
      html`Started with <code>--debug</code>, the site shows the error itself, the layers and the request instead of its own error pages.`,
    allInCart: "All our books are in your cart.",
  },
  errors: {
    400: { title: "We could not read that", text: "Something about the request was not as it should be." },
    403: {
      title: "That form is not one of ours",
      text: "It may be old, or it came from somewhere else. Go back, reload the page and try once more.",
    },
    404: { title: "Nothing here but sky", text: "There is no page at this address." },
    405: { title: "Not that way", text: "This address takes forms, not visits." },
    413: { title: "That is too much", text: "What was sent is larger than anything we have a shelf for." },
    429: { title: "Not so fast", text: "Somebody at your address has tried this very often. Please wait a while." },
    500: { title: "A sudden squall", text: "Something of ours broke. Nothing of yours was changed." },
    503: { title: "Closed for a moment", text: "We cannot reach our storeroom. Please try again shortly." },
    nameIt: (id: string): Html => html`If you tell us about it, please name <code>${id}</code>.`,
  },
};

function countBooks(books: number): string {
  return `${books === 0 ? "No" : books} ${books === 1 ? "book" : "books"}`;
}
