import { MemoryUsers } from "../auth/memory_users.ts";
import { factsOf, type Stack } from "./_stack.ts";
import type { Finding } from "./finding.ts";

/** What would let people in who have no business there, or lock everybody out. */
export function* authRules(stack: Stack): Generator<Finding> {
  for (const layer of stack.all("authentication")) {
    const { users, limited } = factsOf<{ users: unknown; limited: boolean }>(layer);
    if (users instanceof MemoryUsers) {
      yield {
        id: "auth.memory_users",
        level: "warning",
        layer: "authentication",
        message: "Users are in the memory of one process: who registers, or changes a password, is forgotten with it.",
        hint: "Pass authentication({ users }) a source over your database; see UserSource.",
        problems: ["session doesn't stick"],
      };
    }
    if (limited === false) {
      yield {
        id: "auth.unlimited",
        level: "warning",
        layer: "authentication",
        message: "Anybody may try as many passwords as they like.",
        hint: "Leave limits out, which is 10 times in 5 minutes for a name from one address.",
      };
    }
  }
}
