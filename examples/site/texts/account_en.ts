/** What the shop says about accounts and letters, in English. */

export const ACCOUNT_EN = {
  fields: {
    name: "Name",
    password: "Password",
    showsName: "It stands beside letters that you write to us.",
    longPassword: (least: number): string => `At least ${least} characters. A sentence is easy to remember.`,
  },
  problems: {
    title: "Problem",
    name: "A name has 2 to 30 letters or digits, with spaces, dots and hyphens between them.",
    taken: "Somebody here has this name. Please choose another one.",
    shortPassword: (least: number): string => `The password needs at least ${least} characters.`,
    longPassword: "The password is too long.",
    easyPassword: "The password is too easy to guess: it is the name, or one character again and again.",
    wrong: "No account has this name with this password.",
    tooOften: (minutes: number): string =>
      `That was tried too often. Please wait ${minutes === 1 ? "a minute" : `${minutes} minutes`}.`,
    letter: (most: number): string => `A letter has between 1 and ${most} characters.`,
    noSuchBook: "Please choose one of our books.",
  },
  signIn: {
    title: "Sign in",
    button: "Sign in",
    isNew: "New here?",
    toSignUp: "Make an account",
    welcome: (name: string): string => `Welcome back, ${name}.`,
  },
  signUp: {
    title: "Make an account",
    button: "Make the account",
    isKnown: "You have one already?",
    toSignIn: "Sign in",
    welcome: (name: string): string => `Welcome, ${name}. This is your account.`,
    keeps: "What is in your cart stays there.",
  },
  signOut: {
    button: "Sign out",
    done: "You are signed out. The cart went with the session, so whoever uses this browser next begins anew.",
  },
  page: {
    title: (name: string): string => `The account of ${name}`,
    devices: "Where you are signed in",
    devicesIntro: "Each of these browsers can use your account. If you don’t know one of them, sign it out.",
    unknownDevice: "A browser",
    device: (label: string): string => label,
    thisOne: "this browser",
    seen: "last seen",
    since: "signed in since",
    end: "Sign out",
    endTitle: (device: string, address: string): string => `Sign out: ${device}, ${address}`,
    ended: (device: string): string => `${device} is signed out.`,
    wasEnded: "That browser was not signed in any more.",
    endOthers: "Sign out everywhere else",
    endedOthers: (count: number | undefined): string =>
      count === 0
        ? "You were signed in nowhere else."
        : `Signed out everywhere else${
          count === undefined ? "" : `: ${count === 1 ? "one browser" : `${count} browsers`}`
        }.`,
    alone: "You are signed in nowhere else.",
    cannotList:
      "This shop keeps sessions in the visitors’ own cookies, so it can’t list them. It can end all the others.",
    letters: "Letters",
    write: "Write to us",
    read: "Read the letters",
  },
  letters: {
    title: "Letters from readers",
    intro: "What people who have an account here write about our books.",
    none: "Nobody has written yet.",
    write: "Write a letter",
    about: (title: string): string => `about “${title}”`,
    printed: "This page was printed on",
    printedFor: "It is the same for everybody, so the shop keeps it until somebody writes again.",
    formTitle: "Write a letter",
    book: "About which book?",
    choose: "Please choose",
    text: "Your letter",
    textHint: (most: number): string => `Up to ${most} characters. It is shown with your name, to everybody.`,
    send: "Send the letter",
  },
};
