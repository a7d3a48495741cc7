// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "Test.h"
#include "engine/device/Devices.h"
#include "support/Random.h"

using namespace sightline;
namespace fs = std::filesystem;

namespace {

const std::string kCpuOnly = "this version computes on the CPU only";

}

/// What a machine has to compute on, read from one that the test lays out.
class DevicesTest : public FreshFolderTest {
    Q_OBJECT

    SystemRoots roots() const { return {root() / "sys", root() / "proc", root() / "pci.ids"}; }

    void write(const std::string& name, const std::string& text) const {
        const fs::path file = root() / name;
        fs::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << text;
    }

    void layProcessor() const {
        write("proc/cpuinfo", "processor\t: 0\nmodel name\t:   Intel(R) Xeon(R) Platinum 8480+ \n\nprocessor\t: 1\n");
        write("proc/meminfo", "MemTotal:       32000000 kB\nMemFree:  5 kB\nMemAvailable:   24000000 kB\n");
        write("proc/self/cgroup", "1:name=systemd:/elsewhere\n0::/user.slice/job_7\n");
    }

    void layCard(const std::string& address, const std::string& type, const std::string& vendor,
                 const std::string& model, const std::string& driver = {}) const {
        const std::string folder = "sys/bus/pci/devices/" + address;
        write(folder + "/class", type + "\n");
        write(folder + "/vendor", vendor + "\n");
        write(folder + "/device", model + "\n");
        if (!driver.empty())
            fs::create_directory_symlink("../../../../bus/pci/drivers/" + driver, root() / folder / "driver");
    }

    void layCards() const {
        write("pci.ids", "# names\n1002  Advanced Micro Devices, Inc. [AMD/ATI]\n\t73bf  Navi 21 [Radeon RX 6800]\n"
                         "10de  NVIDIA Corporation\n\t2203  GA102 [GeForce RTX 3090 Ti]\n"
                         "\t2204  GA102 [GeForce RTX 3090]\n\t\t1043 87b3  2684\n"
                         "8086  Intel Corporation\n\t2204  Another maker's\n\t5917  UHD Graphics 620\nC 03  Display\n");
        layCard("0000:00:02.0", "0x030000", "0x8086", "0x5917", "i915");
        layCard("0000:03:00.0", "0x030000", "0x1002", "0x73bf", "amdgpu");
        write("sys/bus/pci/devices/0000:03:00.0/mem_info_vram_total", "17163091968\n");
        write("sys/bus/pci/devices/0000:03:00.0/mem_info_vram_used", "163091968\n");
        layCard("0000:41:00.0", "0x030200", "0x10de", "0x2335", "nvidia");
        write("proc/driver/nvidia/gpus/0000:41:00.0/information", "Model: \t\t NVIDIA H200\nIRQ:   \t\t 123\n");
        layCard("0000:42:00.0", "0x030000", "0x10de", "0x2204");
        layCard("0000:43:00.0", "0x030000", "0x10de", "0xbeef", "nouveau");
        layCard("0000:42:00.1", "0x040300", "0x10de", "0x1aef", "snd_hda_intel"); // a card's sound
        layCard("0000:00:01.0", "0x030000", "0x1234", "0x1111", "bochs-drm");     // a virtual machine's screen
    }

private Q_SLOTS:
    void theProcessorComputesEvenWhereNothingIsTold() {
        Device unknown;
        unknown.name = "CPU";
        unknown.usable = true;
        QVERIFY(devices(roots()) == std::vector<Device>{unknown});

        layProcessor();
        const Device known{"Intel(R) Xeon(R) Platinum 8480+", "cpu", 32768000000, 24576000000, true, ""};
        QVERIFY(devices(roots()) == std::vector<Device>{known});
    }

    void aControlGroupAndThoseAboveItLimitTheMemory() {
        layProcessor();
        const std::string outer = "sys/fs/cgroup/user.slice/", inner = outer + "job_7/";
        write(outer + "memory.max", "8000000000\n");
        write(outer + "memory.current", "6000000000\n");
        write(outer + "memory.stat", "anon 5\ninactive_file 1000000000\n");
        write(inner + "memory.max", "max\n");
        const auto memory = [this] {
            const Device processor = devices(roots()).front();
            return std::pair(processor.memoryBytes.value_or(0), processor.freeBytes.value_or(0));
        };
        using Bytes = std::pair<std::uint64_t, std::uint64_t>;
        QVERIFY(memory() == Bytes(8000000000, 3000000000));
        write(inner + "memory.max", "4000000000\n");
        write(inner + "memory.current", "3500000000\n");
        QVERIFY(memory() == Bytes(4000000000, 500000000));
        write(inner + "memory.current", "4000000001\n");
        QVERIFY(memory() == Bytes(4000000000, 0));
        write(inner + "memory.max", "90000000000\n"); // more than the machine has
        QVERIFY(memory() == Bytes(8000000000, 3000000000));
        write("sys/fs/cgroup/memory.max", "2000000000\n");
        write("sys/fs/memory.max", "1\n"); // outside of the groups
        for (const char* own : {"0::/\n", "0::/../user.slice\n", "0:://\n"}) {
            write("proc/self/cgroup", own);
            QVERIFY2(memory() == Bytes(2000000000, 2000000000), own);
        }
    }

    void eachCardSaysWhyItIsNotUsed() {
        layCards();
        const auto nothing = std::nullopt;
        const std::vector<Device> expected{
            {"Intel UHD Graphics 620", "xpu", nothing, nothing, false, kCpuOnly},
            {"AMD Radeon RX 6800", "rocm", 17163091968, 17000000000, false, kCpuOnly},
            {"NVIDIA H200", "cuda", nothing, nothing, false, kCpuOnly},
            {"NVIDIA GeForce RTX 3090", "cuda", nothing, nothing, false,
             kCpuOnly + ", and no driver is loaded for this card (Debian package nvidia-driver)"},
            {"NVIDIA card 10de:beef", "cuda", nothing, nothing, false,
             kCpuOnly + ", and the driver of this card is nouveau instead of nvidia (Debian package nvidia-driver)"},
        };
        const std::vector<Device> found = devices(roots());
        QCOMPARE(found.size(), expected.size() + 1);
        for (std::size_t i = 0; i < expected.size(); ++i)
            QVERIFY2(found[i + 1] == expected[i], (found[i + 1].name + ": " + found[i + 1].reason).c_str());
    }

    void aCardOfWhichOnlyItsDriverTellsIsFound() {
        write("proc/driver/nvidia/gpus/0000:41:00.0/information", "Model: \t\t NVIDIA H200\n");
        const std::vector<Device> found = devices(roots());
        QCOMPARE(found.size(), std::size_t{2});
        QCOMPARE(found[1].name, std::string("NVIDIA H200"));
        QCOMPARE(found[1].reason, kCpuOnly);
    }

    void anExperimentLearnsWhyItCannotHaveACard() {
        QCOMPARE(whyNotOn("cuda:0", devices(roots())),
                 kCpuOnly + ", and this machine has no cuda:0 (there is no NVIDIA card); use auto or cpu");
        layCards();
        std::vector<Device> found = devices(roots());
        QCOMPARE(whyNotOn("cuda:1", found), kCpuOnly +
                                                ", and no driver is loaded for this card (Debian package "
                                                "nvidia-driver); cuda:1 is NVIDIA GeForce RTX 3090; use auto or cpu");
        for (const std::string asked : {"cuda:3", "cuda:-1", "cuda:", "cuda", "cuda:0x", "cuda:99999999999999999999"})
            QCOMPARE(whyNotOn(asked, found), kCpuOnly + ", and this machine has no " + asked +
                                                 " (its NVIDIA cards end with cuda:2); use auto or cpu");
        found[3].usable = true;
        QCOMPARE(whyNotOn("cuda:0", found), std::string());
    }

    void damagedFilesAreReadWithoutACrash() {
        layProcessor();
        layCards();
        write("sys/fs/cgroup/user.slice/memory.max", "8000000000\n");
        write("sys/fs/cgroup/user.slice/memory.stat", "inactive_file 1000000000\n");
        std::vector<std::pair<fs::path, std::string>> files;
        for (const auto& entry : fs::recursive_directory_iterator(root())) {
            if (!entry.is_regular_file())
                continue;
            std::ifstream stream(entry.path(), std::ios::binary);
            files.emplace_back(entry.path(), std::string(std::istreambuf_iterator<char>(stream), {}));
        }
        std::sort(files.begin(), files.end());
        QVERIFY(files.size() > 20);
        CounterRandom random(19, RandomPurpose::Test);
        for (int round = 0; round < 1500; ++round) {
            const auto& [file, whole] = files[random.below(files.size())];
            std::string bytes = whole.substr(0, random.below(3) == 0 ? random.below(whole.size() + 1) : whole.size());
            for (std::uint64_t change = random.below(6); change > 0 && !bytes.empty(); --change)
                bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
            fs::remove_all(file);
            if (random.below(20) == 0)
                fs::create_directory(file);
            else
                std::ofstream(file, std::ios::binary) << bytes;
            for (const Device& device : devices(roots())) {
                QVERIFY(!device.name.empty() && device.name.find('\n') == std::string::npos);
                QCOMPARE(device.usable, device.kind == "cpu");
                QCOMPARE(device.reason.starts_with(kCpuOnly), !device.usable);
                QVERIFY(!device.memoryBytes || device.freeBytes.value_or(0) <= *device.memoryBytes ||
                        file.filename() == "meminfo");
            }
            fs::remove_all(file);
            std::ofstream(file, std::ios::binary) << whole;
        }
    }
};

QTEST_GUILESS_MAIN(DevicesTest)
#include "tst_Devices.moc"
