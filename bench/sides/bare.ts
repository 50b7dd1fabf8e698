/** A pipeline without layers. */

import { pipeline } from "../../mod.ts";
import { serve } from "./announce.ts";

serve(pipeline().handle(() => new Response("Hello")));
