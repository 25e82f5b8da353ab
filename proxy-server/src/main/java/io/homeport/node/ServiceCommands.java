package io.homeport.node;

import io.homeport.link.LinkPolicy;
import io.homeport.local.Caller;
import io.homeport.local.Failure;
import io.homeport.local.LocalMessage;
import io.homeport.local.Reply;
import io.homeport.migration.Migrations;
import io.homeport.migration.departure.MigrationFailure;
import io.homeport.migration.departure.MoveReport;
import io.homeport.migration.departure.ObstaclesException;
import io.homeport.migration.departure.Outlook;
import io.homeport.migration.departure.Progress;
import io.homeport.migration.departure.Step;
import io.homeport.process.FdFate;
import io.homeport.report.DryRunReport;
import io.homeport.report.Json;
import io.homeport.report.MigrationReport;
import java.io.IOException;
import java.util.List;

/** Serves {@code homeport migrate}: checks who asks, runs the move on the calling thread, tells its progress. */
final class ServiceCommands {
    private static final String LINK_OPTION = "link=";

    private final String node;
    private final Migrations migrations;

    ServiceCommands(String node, Migrations migrations) {
        this.node = node;
        this.migrations = migrations;
    }

    void migrate(Caller caller, LocalMessage.Migrate request, Reply reply) {
        long beganNs = System.nanoTime();
        try {
            int pid = migrations.find(request.target());
            if (!caller.mayCommand(pid)) {
                reply.failed(Failure.DENIED, "process " + pid + " is not yours: only root and its own user may move it");
            } else if (request.dryRun()) {
                Outlook outlook = migrations.examine(pid, request.destination());
                reply.finished(Json.write(dryRun(pid, request.destination(), outlook)));
            } else {
                MoveReport moved = migrations.migrate(pid, request.destination(), linkPolicy(request.options()), told(reply));
                reply.finished(Json.write(report(moved, beganNs)));
            }
        } catch (ObstaclesException e) {
            reply.failed(Failure.OBSTACLES, String.join("\n", e.obstacles()));
        } catch (MigrationFailure e) {
            reply.failed(Failure.FAILED, e.getMessage());
        } catch (IOException | IllegalArgumentException e) {
            reply.failed(Failure.BAD_REQUEST, e.getMessage());
        }
    }

    /** What {@code --link} says; null if nothing. Unknown options are refused: they would be forgotten silently. */
    private static LinkPolicy linkPolicy(String options) {
        LinkPolicy policy = null;
        for (String line : options.lines().toList()) {
            if (!line.startsWith(LINK_OPTION)) {
                throw new IllegalArgumentException("option '" + line + "' is not known: there is " + LINK_OPTION + "POLICY");
            }
            policy = LinkPolicy.parse(line.substring(LINK_OPTION.length()));
        }
        return policy;
    }

    private static Progress told(Reply reply) {
        return new Progress() {
            private Step step = Step.PREPARE;

            @Override
            public void step(Step next, String detail) {
                step = next;
                reply.progress(next.title(), detail, 0, 0);
            }

            @Override
            public void bytes(long done, long total) {
                reply.progress(step.title(), "sending images", done, total);
            }
        };
    }

    private DryRunReport dryRun(int pid, String destination, Outlook outlook) {
        List<DryRunReport.Descriptor> descriptors = outlook.fates().stream().map(ServiceCommands::descriptor).toList();
        return new DryRunReport(outlook.service(), pid, node, destination, descriptors, outlook.obstacles());
    }

    private static DryRunReport.Descriptor descriptor(FdFate fate) {
        return new DryRunReport.Descriptor(
                fate.numbers(),
                fate.file().target(),
                fate.fate().text(),
                fate.detail());
    }

    private static MigrationReport report(MoveReport moved, long beganNs) {
        List<MigrationReport.StepTime> steps = moved.stepMs().entrySet().stream()
                .map(step -> new MigrationReport.StepTime(step.getKey(), step.getValue()))
                .toList();
        double totalMs = (System.nanoTime() - beganNs) / 1e6;
        return new MigrationReport(
                moved.service(), moved.pid(), moved.from(), moved.to(), moved.frozenMs(), totalMs, moved.imageBytes(),
                moved.streams(), steps);
    }
}
