package io.homeport.cli;

import io.homeport.config.Installation;
import io.homeport.doctor.Doctor;
import io.homeport.doctor.Finding;
import io.homeport.report.Json;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code homeport doctor}: what this machine lacks. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Show what is missing on this machine and what to do about it. Status 5 if something is.")
final class DoctorCommand implements Callable<Integer> {
    @Option(names = "--json", description = "One JSON object instead of a table.")
    private boolean json;

    @Override
    public Integer call() {
        List<Finding> findings = new Doctor(Installation.find()).examine();
        boolean missing = findings.stream().anyMatch(finding -> finding.grade() == Finding.Grade.MISSING);
        System.out.print(json ? Json.write(new Examination(!missing, findings)) + "\n" : table(findings, missing));
        return missing ? ExitStatus.LACKING : ExitStatus.OK;
    }

    private static String table(List<Finding> findings, boolean missing) {
        TextTable table = new TextTable();
        for (Finding finding : findings) {
            String sign = switch (finding.grade()) {
                case GOOD -> "ok";
                case POOR -> "poor";
                case MISSING -> "MISSING";
            };
            table.row(sign, finding.subject(), finding.found());
            if (!finding.advice().isEmpty()) {
                table.row("", "", "-> " + finding.advice());
            }
        }
        return table.print("") + (missing ? "Homeport does not work here yet.\n" : "This machine is ready.\n");
    }

    /** What --json prints. */
    record Examination(boolean ready, List<Finding> findings) {}
}
