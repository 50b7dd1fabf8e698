/** The steps from the page in one function to what a site made of layers does. */

/** What each step adds to all before it. */
export const STEPS = [
  "headers are added to the response that the view has made",
  "a header that the view has set itself stays",
  "the view waits for the session and for the messages",
  "whose word on https counts, or who may send a cookie without a prefix, is asked",
  "sessions are texts with a version, under hashes of their ids",
] as const;
