/** A page: its name in file names, its address, who may see it, whether it asks for something, its first heading. */
export interface Place {
  name: string;
  path: string;
  who: "everybody" | "members" | "administrators";
  asks: boolean;
  english: string;
  french: string;
}

export const PLACES: readonly Place[];
export const DOORS: readonly string[];
