/** What every program pays that signs or hashes without waiting. */

import "node:crypto";
