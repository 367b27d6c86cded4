package dev.finetune4j.offlinecloud.sagemaker;

/**
 * One of the machines that a job runs on.
 *
 * @param name {@code algo-1} and so on
 * @param group the group of machines that it belongs to
 * @param instanceType its type
 */
record JobHost(String name, String group, String instanceType) {
    /** The service's name for the machines of a job of one type. */
    static final String ONLY_GROUP = "homogeneousCluster";
}
