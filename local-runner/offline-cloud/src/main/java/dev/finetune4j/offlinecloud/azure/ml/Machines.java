package dev.finetune4j.offlinecloud.azure.ml;

/**
 * The machines that a job asks for.
 *
 * @param size their kind
 * @param nodes how many
 * @param isSpot whether they may be taken back
 * @param cluster name of the cluster that they belong to, empty for serverless ones
 */
record Machines(VmSize size, int nodes, boolean isSpot, String cluster) {
    int cores() {
        return size.vCPUs() * nodes;
    }

    boolean isServerless() {
        return cluster.isEmpty();
    }

    /** Whose quota they count towards: there is one for all machines that may be taken back. */
    String quota() {
        return isSpot ? CoreQuotas.LOW_PRIORITY : size.family();
    }
}
