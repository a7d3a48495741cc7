// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace sightline {

/// What Slurm's programs printed for the job array 5, shortened: squeue of 22.05 (Debian 12).
inline std::string squeueOf2205() {
    return R"({"meta": {"plugin": {"type": "openapi/v0.0.38"}, "Slurm": {"version": {"major": 22, "micro": 8, "minor": 5}}},
"errors": [], "jobs": [
 {"account": "", "array_job_id": 5, "array_task_id": 0, "array_task_string": "", "array_max_tasks": 2, "job_id": 6,
  "job_state": "RUNNING", "state_reason": "None", "exit_code": 0, "name": "sightline", "user_name": "root"},
 {"account": "", "array_job_id": 5, "array_task_id": 1, "array_task_string": "", "array_max_tasks": 2, "job_id": 7,
  "job_state": "TIMEOUT", "state_reason": "TimeLimit", "exit_code": 0, "name": "sightline", "user_name": "root"},
 {"account": "", "array_job_id": 5, "array_task_id": null, "array_task_string": "2-5%2", "array_max_tasks": 2, "job_id": 5,
  "job_state": "PENDING", "state_reason": "Resources", "exit_code": 0, "name": "sightline", "user_name": "root"},
 {"account": "", "array_job_id": 0, "array_task_id": null, "array_task_string": "", "job_id": 9,
  "job_state": "RUNNING", "state_reason": "None", "exit_code": 0, "name": "another", "user_name": "root"}]})";
}

/// Of 23.11, where numbers are objects and a job has several states.
inline std::string squeueOf2311() {
    return R"({"jobs": [
 {"array_job_id": {"set": true, "infinite": false, "number": 5}, "array_task_id": {"set": true, "infinite": false, "number": 0},
  "job_id": 6, "job_state": ["COMPLETED", "COMPLETING"], "state_reason": "None"},
 {"array_job_id": {"set": true, "infinite": false, "number": 5}, "array_task_id": {"set": false, "infinite": false, "number": 0},
  "job_id": 5, "job_state": ["PENDING"], "state_reason": "Priority"}],
"last_update": {"set": true, "infinite": false, "number": 1700000000}, "meta": {}, "errors": [], "warnings": []})";
}

/// Of 22.05's sacct.
inline std::string sacctOf2205() {
    return R"({"meta": {}, "errors": [], "jobs": [
 {"account": "root", "array": {"job_id": 5, "limits": {"max": {"running": {"tasks": 2}}}, "task": null, "task_id": 0},
  "job_id": 6, "state": {"current": "COMPLETED", "reason": "None"}, "steps": []},
 {"account": "root", "array": {"job_id": 5, "limits": {"max": {"running": {"tasks": 2}}}, "task": null, "task_id": 1},
  "job_id": 7, "state": {"current": "NODE_FAIL", "reason": "None"}, "steps": []},
 {"account": "root", "array": {"job_id": 0, "task": null, "task_id": null},
  "job_id": 9, "state": {"current": ["FAILED"], "reason": "None"}, "steps": []}]})";
}

} // namespace sightline
