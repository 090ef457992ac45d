// Everything that computes, in one bundle: what the shared vectors are run against, and what others may build on.
// Never here: a page, a network, or a store.

export * from "./errors.js";
export * from "./encoding.js";
export * from "./group.js";
export * from "./proofs.js";
export * from "./election.js";
export * from "./manifest.js";
export * from "./credential.js";
export * from "./ballot.js";
export * from "./blind.js";
export * from "./sealedbox.js";
export * from "./receipt.js";
export * from "./request.js";
export * from "./paging.js";
