/** What the shop says about accounts and letters, in German. */

import type { Texts } from "./texts.ts";

export const ACCOUNT_DE: Texts["account"] = {
  fields: {
    name: "Name",
    password: "Passwort",
    showsName: "Er steht neben Briefen, die Sie uns schreiben.",
    longPassword: (least: number): string => `Mindestens ${least} Zeichen. Ein Satz ist leicht zu merken.`,
  },
  problems: {
    title: "Problem",
    name: "Ein Name hat 2 bis 30 Buchstaben oder Ziffern, dazwischen auch Leerzeichen, Punkte und Bindestriche.",
    taken: "Diesen Namen hat hier schon jemand. Bitte wählen Sie einen anderen.",
    shortPassword: (least: number): string => `Das Passwort braucht mindestens ${least} Zeichen.`,
    longPassword: "Das Passwort ist zu lang.",
    easyPassword: "Das Passwort ist zu leicht zu erraten: Es ist der Name, oder immer dasselbe Zeichen.",
    wrong: "Kein Konto hat diesen Namen mit diesem Passwort.",
    tooOften: (minutes: number): string =>
      `Das wurde zu oft versucht. Bitte warten Sie ${minutes === 1 ? "eine Minute" : `${minutes} Minuten`}.`,
    letter: (most: number): string => `Ein Brief hat zwischen 1 und ${most} Zeichen.`,
    noSuchBook: "Bitte wählen Sie eines unserer Bücher.",
  },
  signIn: {
    title: "Anmelden",
    button: "Anmelden",
    isNew: "Neu hier?",
    toSignUp: "Konto anlegen",
    welcome: (name: string): string => `Willkommen zurück, ${name}.`,
  },
  signUp: {
    title: "Konto anlegen",
    button: "Konto anlegen",
    isKnown: "Sie haben schon eines?",
    toSignIn: "Anmelden",
    welcome: (name: string): string => `Willkommen, ${name}. Das ist Ihr Konto.`,
    keeps: "Was in Ihrem Korb liegt, bleibt darin.",
  },
  signOut: {
    button: "Abmelden",
    done:
      "Sie sind abgemeldet. Der Korb ist mit der Sitzung gegangen: Wer diesen Browser als Nächstes benutzt, fängt neu an.",
  },
  page: {
    title: (name: string): string => `Das Konto von ${name}`,
    devices: "Wo Sie angemeldet sind",
    devicesIntro: "Jeder dieser Browser kann Ihr Konto benutzen. Wenn Sie einen davon nicht kennen, melden Sie ihn ab.",
    unknownDevice: "Ein Browser",
    // The library says where a browser runs, in English.
    device: (label: string): string => label.replace(/ on (?=[^ ]+( [^ ]+)?$)/, " unter "),
    thisOne: "dieser Browser",
    seen: "zuletzt gesehen:",
    since: "angemeldet seit",
    end: "Abmelden",
    endTitle: (device: string, address: string): string => `Abmelden: ${device}, ${address}`,
    ended: (device: string): string => `${device} ist abgemeldet.`,
    wasEnded: "Dieser Browser war nicht mehr angemeldet.",
    endOthers: "Überall sonst abmelden",
    endedOthers: (count: number | undefined): string =>
      count === 0
        ? "Sie waren sonst nirgends angemeldet."
        : `Überall sonst abgemeldet${
          count === undefined ? "" : `: ${count === 1 ? "ein Browser" : `${count} Browser`}`
        }.`,
    alone: "Sie sind sonst nirgends angemeldet.",
    cannotList:
      "Dieser Laden hält Sitzungen in den Cookies der Besucher und kann sie darum nicht auflisten. Alle anderen beenden kann er.",
    letters: "Briefe",
    write: "Schreiben Sie uns",
    read: "Die Briefe lesen",
  },
  letters: {
    title: "Leserbriefe",
    intro: "Was Leute mit einem Konto bei uns über unsere Bücher schreiben.",
    none: "Noch hat niemand geschrieben.",
    write: "Einen Brief schreiben",
    about: (title: string): string => `über „${title}“`,
    printed: "Gedruckt wurde diese Seite am",
    printedFor: "Sie ist für alle dieselbe, darum behält sie der Laden, bis wieder jemand schreibt.",
    formTitle: "Einen Brief schreiben",
    book: "Über welches Buch?",
    choose: "Bitte wählen",
    text: "Ihr Brief",
    textHint: (most: number): string => `Bis zu ${most} Zeichen. Er ist mit Ihrem Namen für alle zu lesen.`,
    send: "Brief abschicken",
  },
};
