export { exceptStar, exceptStarSync, on } from "./except-star.ts";
export { BaseExceptionGroup, ExceptionGroup } from "./exception-group.ts";
export { TaskGroup } from "./task-group.ts";

export type { ExceptClause, GroupHandler } from "./except-star.ts";
export type { ErrorClass, GroupCondition, Matched, Member, Split } from "./exception-group.ts";
