// Everything that computes, in one bundle: what the shared vectors are run against, and what others may build on.
// Never here: a page, a network, or a store.

export * from "./protocol/errors.js";
export * from "./protocol/encoding.js";
export * from "./protocol/group.js";
export * from "./protocol/proofs.js";
export * from "./protocol/election.js";
export * from "./protocol/manifest.js";
export * from "./protocol/credential.js";
export * from "./protocol/ballot.js";
export * from "./protocol/padding.js";
export * from "./protocol/opened.js";
export * from "./protocol/holding.js";
export * from "./protocol/blind.js";
export * from "./protocol/sealedbox.js";
export * from "./protocol/receipt.js";
export * from "./protocol/request.js";
export * from "./booth/paging.js";
export * from "./booth/pool.js";
export * from "./booth/work.js";
