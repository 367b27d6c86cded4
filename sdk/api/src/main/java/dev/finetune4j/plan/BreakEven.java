package dev.finetune4j.plan;

/**
 * How many rows it takes until a machine by the hour is as cheap as a service by the token.
 *
 * @param service id of the option that is paid by the token
 * @param machine id of the option that is paid by the hour, of several the one that is the cheapest for so many rows
 * @param rows training rows like the job's at which both cost the same, or the most that the service takes where it is cheaper for these,
 *     too; 0 where the machine is the cheaper one for any number that the service takes, and -1 where it never is
 */
public record BreakEven(String service, String machine, long rows) {}
