/** Index rows of one resource version, one list per kind of search parameter. Times in epoch milliseconds. */
export interface IndexRows {
  readonly token: readonly { readonly param: string; readonly system: string; readonly code: string }[];
  readonly string: readonly { readonly param: string; readonly exact: string; readonly folded: string }[];
  readonly reference: readonly {
    readonly param: string;
    readonly targetType: string;
    readonly targetId: string;
    readonly url: string;
  }[];
  readonly date: readonly { readonly param: string; readonly lo: number; readonly hi: number }[];
  readonly number: readonly { readonly param: string; readonly lo: number; readonly hi: number }[];
  readonly quantity: readonly {
    readonly param: string;
    readonly lo: number;
    readonly hi: number;
    readonly system: string;
    readonly code: string;
  }[];
  readonly uri: readonly { readonly param: string; readonly uri: string }[];
}
