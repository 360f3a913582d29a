import { ChevronDown } from "lucide-react";

/** At the end of a line that opens: points down, and up once it is open. Its `summary` is the frame it stands in. */
export function Unfold() {
  return (
    <ChevronDown
      aria-hidden
      className="absolute top-1/2 right-3.5 size-4 -translate-y-1/2 text-faint group-open:rotate-180"
    />
  );
}
