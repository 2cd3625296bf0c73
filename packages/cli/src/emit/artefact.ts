/** A file that `sightline build` writes; the path is below the output folder, with `/`. */
export interface Artefact {
  readonly path: string;
  readonly text: string;
}
